/** Finding what a hold, a term or a request is about: a lesson of a day, or a person by name. */
import { useState } from "preact/hooks";
import { get } from "../../api/client";
import { useResource } from "../../api/resource";
import type { ListOf, UserView } from "../../api/types";
import { t } from "../../i18n";
import { clock, isoDay } from "../../i18n/dates";
import { Field, Select } from "../../ui/Field";
import { useSettled } from "../../ui/hooks";

interface Found {
  id: string;
  title: string;
  kind: string;
  starts: string;
  discipline: { name: string } | null;
  groups: { name: string }[];
}

interface Props {
  label: string;
  value: string;
  onValue: (id: string) => void;
}

const EXAMS = ["exam", "defence"];

export function LessonField({ label, value, onValue, exams }: Props & { exams?: boolean }) {
  const [day, setDay] = useState(isoDay(new Date()));
  const lessons = useResource(
    async signal => {
      if (!day) return [];
      const asked = { from: day, until: day, limit: 500 };
      const page = await get<ListOf<Found>>("/lessons", asked, signal);
      return page.items.filter(one => !exams || EXAMS.includes(one.kind));
    },
    [day, exams],
  );
  const words = (one: Found): string =>
    [clock(one.starts), one.title || one.discipline?.name, one.groups.map(({ name }) => name).join(", ")]
      .filter(Boolean)
      .join(" · ");
  return (
    <div class="retention-pair">
      <Field
        label={t("retention.day")}
        type="date"
        value={day}
        onValue={next => {
          setDay(next);
          onValue("");
        }}
        data-testid="target-day"
      />
      <Select
        label={label}
        none={lessons.data?.length === 0 ? t("retention.no_lessons") : t("picker.choose")}
        value={value}
        options={lessons.data?.map(one => ({ value: one.id, label: words(one) })) ?? []}
        onValue={onValue}
        data-testid="target-lesson"
      />
    </div>
  );
}

export function PersonField({ label, value, onValue }: Props) {
  const [text, setText] = useState("");
  const query = useSettled(text.trim(), 250);
  const people = useResource(
    async signal =>
      query.length < 2 ? [] : (await get<ListOf<UserView>>("/users", { query, limit: 30 }, signal)).items,
    [query],
  );
  return (
    <div class="retention-pair">
      <Field
        label={t("retention.find_person")}
        type="search"
        value={text}
        onValue={next => {
          setText(next);
          onValue("");
        }}
        data-testid="target-search"
      />
      <Select
        label={label}
        none={query.length >= 2 && people.data?.length === 0 ? t("retention.nobody") : t("picker.choose")}
        value={value}
        options={people.data?.map(one => ({ value: one.id, label: `${one.name} (${one.login})` })) ?? []}
        onValue={onValue}
        data-testid="target-person"
      />
    </div>
  );
}
