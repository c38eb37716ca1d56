/** The fields that a single lesson and a line of the timetable have in common. */
import { LESSON_KINDS, type LessonKind, type Named } from "../../api/types";
import { t } from "../../i18n";
import { Field, Select } from "../../ui/Field";
import { Picker } from "../../ui/Picker";

export interface What {
  kind: LessonKind;
  title: string;
  discipline: string;
  groups: string[];
  teachers: string[];
}

export function emptyWhat(group: string): What {
  return { kind: "lecture", title: "", discipline: "", groups: group ? [group] : [], teachers: [] };
}

/** The part of a request's body that these fields make. */
export function whatBody(what: What) {
  return { ...what, title: what.title.trim(), discipline: what.discipline || null };
}

export interface WhatChoices {
  groups: readonly Named[];
  teachers: readonly Named[];
  disciplines: readonly Named[];
}

interface Props {
  what: What;
  choices: WhatChoices;
  onValue: (what: What) => void;
}

export function WhatFields({ what, choices, onValue }: Props) {
  const change = (part: Partial<What>): void => onValue({ ...what, ...part });
  const options = (list: readonly { id: string; name: string }[]) =>
    list.map(({ id, name }) => ({ value: id, label: name }));
  return (
    <>
      <div class="form-grid">
        <Select
          label={t("timetable.kind")}
          value={what.kind}
          onValue={kind => change({ kind: kind as LessonKind })}
          options={LESSON_KINDS.map(kind => ({ value: kind, label: t(`kind.${kind}`) }))}
          data-testid="lesson-kind"
        />
        <Select
          label={t("unit.discipline")}
          none={t("timetable.no_discipline")}
          value={what.discipline}
          onValue={discipline => change({ discipline })}
          options={options(choices.disciplines)}
          data-testid="lesson-discipline"
        />
        <Picker
          label={t("structure.group")}
          options={options(choices.groups)}
          chosen={what.groups}
          onValue={groups => change({ groups })}
          testid="lesson-groups"
        />
        <Picker
          label={t("timetable.teachers")}
          options={options(choices.teachers)}
          chosen={what.teachers}
          onValue={teachers => change({ teachers })}
          testid="lesson-teachers"
        />
      </div>
      <Field
        label={t("timetable.name")}
        hint={t("timetable.name_hint")}
        value={what.title}
        onValue={title => change({ title })}
        maxLength={200}
        data-testid="lesson-title"
      />
    </>
  );
}
