"""Dictionary 1 of the deflated coding: what messages have in common, the most frequent last.

It is frozen: both sides must hold the very same bytes (a test keeps its hash). Another wording is dictionary 2.
"""

_WORDS = (
    "Uygun", "Uygun değil", "Kapsam dışı", "Eksiklik giderildi", "Süre verildi", "Tespit edildi", "Fotoğraf çekildi",
    "İş yerinde yetkili bulunamadı", "Yerinde inceleme yapıldı", "Cadde", "Sokak", "Mahallesi", "Bulvarı", "No:",
)  # fmt: skip
_KINDS = (
    "message.post", "task.finish", "task.create", "business.register", "business.patch", "inspection.amend",
    "complaint.file", "complaint.hand_over", "complaint.visit", "complaint.answer", "complaint.note",
    "complaint.start", "complaint.take", "complaint.close", "inspection.submit",
)  # fmt: skip
_CODES = ",".join(f'"m{number:02d}":"yes"' for number in range(1, 41))
_PAGE = (
    '"pages":[{"sid":"team:"},{"sid":"area:"},{"sid":"ref"},{"sid":"user:","rows":[["complaint","","business",'
    '"inspection","task","message","photo","form"]],"leaves":[],"cursor":"","more":false,"start":true,"end":true}]'
)
_ROW = (
    '{"number":"2026-0","category_id":"","status":"assigned","description":"","address":"","lon":2,"lat":3,'
    '"filed_at":"2026-","solution_due_at":"2026-","is_emergency":false,"assignee_id":"","department_id":""}'
)
_RESULT = '"results":[{"id":"","seq":1,"state":"ok","code":null,"rows":[["complaint","",1,{}]],"xid":""}]'
_BODY = (
    '"body":{"complaint_id":"019","business_id":"019","text":"","note":"","changes":{"phone":{"base":"","value":"+90"}},'
    '"photos":[{"id":"019","sha256":"","size":1,"mime":"image/jpeg","taken_at":"2026-"}]},"sha":"'
)
# Whole and in its order, as an inspection is written.
_MUTATION = (
    '{"device":"019","fork_of":null,"epoch":"","app":"0.1.0","mutations":[{"id":"019","seq":1,"kind":"inspection.submit",'
    '"kv":1,"at":{"wall":179,"mono":8,"boot":"b","offset":-,"uncertainty":3},"base":{"business/019":1},"body":{"id":"019'
    '","visit_id":"019","business_id":"019","form_id":"019","form_version":1,"answers":{' + _CODES + '},"started_at":"'
    '2026-1T0:Z","ended_at":"2026-1T1:Z","place":{"lon":2,"lat":3},"findings":[{"code":"m","text":"","photo_ids":[]},{"'
    'code":"m","text":".","photo_ids":[]}]},"sha":"'
)
DICTIONARY = "\n".join([*_WORDS, *_KINDS, _PAGE, _ROW, _RESULT, _BODY, _MUTATION]).encode()
