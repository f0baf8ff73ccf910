"""Forms (`mobile.forms`) as screens of big buttons.

answering    the answers of one form while they are given: no widgets, evaluated at every change
ports        what a form asks of the app: photos, signatures, places
view         `FormView(Answering(form, answers, …), ports)`: sections that open, only what is relevant, faults
answer_bar, check_row, input_rows, day_rows, evidence_rows, place_row, repeat_rows    the questions
"""
