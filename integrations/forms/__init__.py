from .documents import ConfirmForm, FilesField, UploadForm
from .timelines import BringForm, CandidateForm, ReadAgainForm

__all__ = ["BringForm", "CandidateForm", "ConfirmForm", "FilesField", "ReadAgainForm", "UploadForm"]
