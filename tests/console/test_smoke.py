import pytest
pytestmark = pytest.mark.anyio

async def test_smoke(server, browser):
    import api.console.routes as r
    if not any(getattr(x, "path", "") == "/console" for x in server.app.routes): r.install(server.app)
    citizen = await server.citizen()
    c = await server.filed(citizen)
    a = await browser.open("/console"); print(a.status_code, a.headers)
    a = await browser.open("/console/sign-in?municipality=kadikoy"); print(a.status_code, a.text[-2500:])
    await browser.sign_in("department_officer")
    a = await browser.open("/console"); print(a.status_code, len(a.text)); print(a.text[-6000:] if a.status_code!=200 else "")
    open("/tmp/console_dev/board.html","w").write(a.text)
    a = await browser.open(f"/console/complaints/{c['id']}"); print(a.status_code, a.text[-3000:] if a.status_code!=200 else "")
    open("/tmp/console_dev/case.html","w").write(a.text)
    from tests.console.browser import forms_of
    print(list(forms_of(a.text)))
