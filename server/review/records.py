"""Reviews, for retention: evidence and what the commission said of it go together (R20)."""

from collections.abc import Mapping

from server.exams.records import OfExams
from server.retention.kinds import Language, Words
from server.review.projections import Lines
from server.review.tables import ReviewLine

WORDS: Mapping[Language, Words] = {
    "ky": Words(
        "Комиссиянын кароосу",
        "Далил болгон үзүндүлөр жана кадрлар, карагандар, түшүндүрмө, корутунду, апелляция",
    ),
    "ru": Words(
        "Рассмотрение комиссией", "Фрагменты и кадры записи, кто смотрел, объяснение, вывод, апелляция"
    ),
    "en": Words(
        "The commission's review", "Clips and stills, who looked, the statement, the finding, the appeal"
    ),
}

RECORDS = (OfExams("reviews", 1095, 365, True, WORDS, ReviewLine, Lines.kinds, ("clip.", "still.")),)
