import { describe, expect, it } from "vitest";
import { trend } from "../../src/pages/journal/marks";
import { shown } from "../../src/pages/reports/Cell";
import { period, periodOf } from "../../src/pages/reports/periods";
import { points } from "../../src/ui/Trend";

const day = (text: string): Date => new Date(`${text}T12:00:00`);

describe("periods of reports", () => {
  it("are those that hold the day", () => {
    expect(period("month", day("2026-02-10"))).toEqual({ from: "2026-02-01", until: "2026-02-28" });
    expect(period("quarter", day("2026-11-27"))).toEqual({ from: "2026-10-01", until: "2026-12-31" });
    expect(period("half", day("2026-11-27"))).toEqual({ from: "2026-09-01", until: "2027-01-31" });
    expect(period("half", day("2027-01-31"))).toEqual({ from: "2026-09-01", until: "2027-01-31" });
    expect(period("half", day("2027-02-01"))).toEqual({ from: "2027-02-01", until: "2027-08-31" });
    expect(period("year", day("2027-08-31"))).toEqual({ from: "2026-09-01", until: "2027-08-31" });
    expect(period("year", day("2026-09-01"))).toEqual({ from: "2026-09-01", until: "2027-08-31" });
  });

  it("are known again, and others are not", () => {
    const now = day("2026-11-27");
    expect(periodOf(period("quarter", now), now)).toBe("quarter");
    expect(periodOf({ from: "2026-09-02", until: "2027-01-31" }, now)).toBe("own");
  });
});

describe("cells of reports", () => {
  it("are written as people write them", () => {
    expect(shown(0.9231, "share", "ky")).toBe("92,3 %");
    expect(shown(0.9231, "share", "en")).toBe("92.3 %");
    expect(shown(12, "whole", "ru")).toBe("12");
    expect(shown(1.25, "number", "en")).toBe("1.3");
    expect(shown(null, "share", "ru")).toBe("–");
    expect(shown(null, "text", "ru")).toBe("");
  });
});

describe("trends", () => {
  it("look back over the last four marked lessons, excuses aside", () => {
    expect(trend(["present", "absent", undefined, "late", "excused", "present", "absent"])).toEqual([
      100, 50, 67, 75, 50,
    ]);
    expect(trend([])).toEqual([]);
  });

  it("are points of a line inside its box", () => {
    expect(points([100, 50, 0], 96, 24)).toBe("0.0,0.0 48.0,12.0 96.0,24.0");
    expect(points([40], 96, 24)).toBe("0.0,14.4");
  });
});
