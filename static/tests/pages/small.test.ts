/** Small pure parts of pages: password rules, waiting, logins from names, devices, counters. */
import { expect, test } from "vitest";
import { ApiError } from "../../src/api/client";
import { waitOf } from "../../src/pages/login/Login";
import { suggestLogin } from "../../src/pages/people/login";
import { scopeOptions } from "../../src/pages/people/RoleFields";
import { deviceOf } from "../../src/pages/profile/device";
import { inFours } from "../../src/pages/settle/OtpForm";
import { judge } from "../../src/pages/settle/passwordRules";
import { bodyOf, draftOf, isComplete } from "../../src/pages/structure/units";
import { shown } from "../../src/pages/system/figures";
import { samplesOf, total } from "../../src/pages/system/metrics";

const failing = (typed: Parameters<typeof judge>[0]): string[] =>
  judge(typed)
    .filter(({ good }) => !good)
    .map(({ rule }) => rule);

test("a good password passes every rule", () => {
  expect(
    failing({ login: "asanova.n", old: "one-time", next: "Талас кышы 2026", repeat: "Талас кышы 2026" }),
  ).toEqual([]);
});

test("an empty password passes none", () => {
  expect(failing({ login: "", old: "", next: "", repeat: "" })).toHaveLength(5);
});

test.each([
  [{ login: "asanova", old: "x", next: "Asanova-12345", repeat: "Asanova-12345" }, ["login"]],
  [
    { login: "a", old: "same-as-before", next: "same-as-before", repeat: "same-as-before" },
    ["login", "differs"],
  ],
  [{ login: "zz", old: "x", next: "abababababab", repeat: "abababababab" }, ["letters"]],
  [{ login: "zz", old: "x", next: "long enough 1", repeat: "long enough 2" }, ["repeat"]],
])("a weak one names what is missing", (typed, rules) => {
  expect(failing(typed)).toEqual(rules);
});

test("how long to wait comes from the server, half a minute where it does not say", () => {
  expect(waitOf(new ApiError(429, "login.limited", "", { retry_after: 12.2 }))).toBe(13);
  expect(waitOf(new ApiError(429, "login.limited", ""))).toBe(30);
  expect(waitOf(new ApiError(401, "login.wrong", "", { retry_after: 5 }))).toBe(0);
});

test.each([
  ["Асанова Нурай Бакытовна", "asanova.n"],
  ["Үсөнов Чыңгыз", "usonov.c"],
  ["Ңөү", "nou"],
  ["O'Brien  Anna", "obrien.a"],
  ["", ""],
])("%s is proposed the login %s", (name, login) => {
  expect(suggestLogin(name)).toBe(login);
});

test("devices are named by browser and system", () => {
  expect(deviceOf("Mozilla/5.0 (Windows NT 10.0) Chrome/126 Safari/537 Edg/126")).toEqual({
    name: "Edge, Windows",
    phone: false,
  });
  expect(deviceOf("Mozilla/5.0 (Linux; Android 13) Chrome/126 Mobile Safari/537")).toEqual({
    name: "Chrome, Android",
    phone: true,
  });
  expect(deviceOf("")).toEqual({ name: "", phone: false });
});

test("a secret is shown in fours", () => {
  expect(inFours("JBSWY3DPEHPK3PXP")).toBe("JBSW Y3DP EHPK 3PXP");
  expect(inFours("ABCDE")).toBe("ABCD E");
});

test("scopes stand in order of size", () => {
  const units = { faculty: [{ id: "f", name: "F" }], department: [{ id: "d", name: "D" }], group: [] };
  expect(scopeOptions(units, "all", kind => kind).map(({ value }) => value)).toEqual([
    "university:",
    "faculty:f",
    "department:d",
  ]);
});

test("a unit's body holds only what its kind has", () => {
  const draft = { ...draftOf("group"), name: " ИТ-21 ", parent: "d" };
  expect(bodyOf("group", draft, true)).toEqual({ name: "ИТ-21", department: "d", language: "ky" });
  expect(bodyOf("group", draft, false)).not.toHaveProperty("department");
  expect(bodyOf("faculty", draft, true)).toEqual({ name: "ИТ-21" });
  expect(isComplete("group", { ...draft, parent: "" })).toBe(false);
});

test("counters are read from Prometheus text, nonsense passed over", () => {
  const samples = samplesOf(
    '# HELP a b\na{x="1",y="q\\"z"} 2\na{x="2"} 3.5\nbad line\nb NaN\nc 1e3 1700000000\n',
  );
  expect(samples).toHaveLength(3);
  expect(total(samples, "a")).toBe(5.5);
  expect(total(samples, "c")).toBe(1000);
  expect(total(samples, "none")).toBeUndefined();
});

test("numbers take the form of their unit", () => {
  expect(shown(143_000_000, "bytes", "ru")).toBe("136 МБ");
  expect(shown(59, "seconds", "en")).toBe("59 s");
  expect(shown(3_725, "seconds", "ky")).toBe("1 саат 2 мүн");
  expect(shown(1_000, "age", "en", 1_060_000)).toBe("1 min");
});
