"""Refusals of field work."""

from api.core.errors import Conflict, Invalid


class TaskOver(Conflict):
    """The task was finished or called off already."""

    code = "task_over"
    tr = "Bu görev daha önce bitirilmiş ya da iptal edilmiş."
    en = "This task was finished or called off already."


class DepartmentUnknown(Invalid):
    """No such department, or it is closed."""

    code = "department_unknown"
    tr = "Seçtiğiniz birim bulunamadı."
    en = "The department you chose was not found."


class AssigneeUnknown(Invalid):
    """Not a person who works in that department."""

    code = "assignee_unknown"
    tr = "Seçtiğiniz kişi bu birimde çalışmıyor."
    en = "The person you chose does not work in this department."


class ParentUnknown(Invalid):
    """The case, inspection or business that the task belongs to is not there."""

    code = "task_parent_unknown"
    tr = "Görevin bağlı olduğu kayıt bulunamadı."
    en = "The record that the task belongs to was not found."


class NeighbourhoodUnknown(Invalid):
    """One of the neighbourhoods is not in this municipality."""

    code = "neighbourhood_unknown"
    tr = "Mahallelerden biri bu belediyede yok."
    en = "One of the neighbourhoods is not in this municipality."


class PhotoUnknown(Invalid):
    """A photo is not there, not the sender's, or used already."""

    code = "photo_unknown"
    tr = "Fotoğraflardan biri bulunamadı ya da daha önce kullanıldı. Yeniden yükleyin."
    en = "One of the photos was not found or is in use already. Upload it again."


class IdInUse(Conflict):
    """The id was used for something else."""

    code = "id_in_use"
    tr = "Bu kimlikle başka bir kayıt var."
    en = "Another record has this id."
