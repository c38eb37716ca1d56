/** Which place of the navigation a page belongs to. */
import { expect, test } from "vitest";
import { placesFor } from "../../src/app";
import { placeOf } from "../../src/ui/Shell";

const places = placesFor(["exam.plan", "exam.watch", "review.read"]);

test.each([
  ["/", "nav-today"],
  ["/exams", "nav-exams"],
  ["/exams/a1/plan", "nav-exams"],
  ["/exams/a1/outcome", "nav-exams"],
  ["/reviews", "nav-reviews"],
  ["/exams/a1/review", "nav-reviews"],
  ["/exams/a1/review/cases/b2", "nav-reviews"],
  ["/exams/a1/reviewed", "nav-exams"],
  ["/profile", undefined],
])("%s belongs to %s", (url, testid) => {
  expect(placeOf(places, url)?.testid).toBe(testid);
});
