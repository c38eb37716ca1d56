/** The students of a group: who is in it now, adding found accounts, ending somebody's time in it. */
import { useState } from "preact/hooks";
import { UserMinus, UserPlus } from "lucide-preact";
import { get, post, remove } from "../../api/client";
import { explain } from "../../api/explain";
import { all } from "../../api/lists";
import { useResource } from "../../api/resource";
import type { ListOf, Named, StudentView, UserView } from "../../api/types";
import { t } from "../../i18n";
import { dayMonth, isoDay } from "../../i18n/dates";
import { may } from "../../state/me";
import { Avatar } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Field } from "../../ui/Field";
import { useDoing, useSettled } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { Load } from "../../ui/States";
import "../lesson/lesson.css";

export function Students({ group, onClose }: { group: Named; onClose: () => void }) {
  const path = `/groups/${group.id}/students`;
  const students = useResource(signal => all<StudentView>(path, {}, signal), [path]);
  const doing = useDoing();
  const leave = (student: string): void =>
    void doing.run(async () => {
      await remove(`${path}/${student}`);
      students.reload();
    });
  const add = (student: string): Promise<void> =>
    doing.run(async () => {
      await post(path, { students: [student] });
      students.reload();
    });
  return (
    <Dialog
      open
      wide
      title={t("structure.students_of", { name: group.name })}
      onClose={onClose}
      testid="students"
      foot={<Button onClick={onClose}>{t("action.close")}</Button>}
    >
      {may("roster.edit") && <Finder present={students.data ?? []} onAdd={add} />}
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
      <Load of={students} lines={3}>
        {list =>
          list.length === 0 ? (
            <p class="muted">{t("structure.no_students")}</p>
          ) : (
            <>
              <p class="muted" role="status">
                {t("structure.count", { count: list.length })}
              </p>
              <ul class="plain-list" role="list">
                {list.map(student => (
                  <li key={student.id} data-testid="student-row">
                    <span class="person-cell">
                      <Avatar name={student.name} id={student.id} size={36} />
                      <span>
                        {student.name}
                        <span class="muted small">
                          {" "}
                          · {t("structure.since", { day: dayMonth(isoDay(new Date(student.from))) })}
                        </span>
                      </span>
                    </span>
                    {may("roster.edit") && (
                      <Button
                        look="quiet"
                        icon={UserMinus}
                        onClick={() => leave(student.id)}
                        data-testid="student-remove"
                      >
                        {t("structure.take_out")}
                      </Button>
                    )}
                  </li>
                ))}
              </ul>
            </>
          )
        }
      </Load>
    </Dialog>
  );
}

function Finder({ present, onAdd }: { present: readonly Named[]; onAdd: (id: string) => Promise<void> }) {
  const [words, setWords] = useState("");
  const query = useSettled(words.trim(), 250);
  const found = useResource(
    async signal =>
      query.length < 2
        ? []
        : (await get<ListOf<UserView>>("/users", { query, role: "student", limit: 8 }, signal)).items,
    [query],
  );
  const here = new Set(present.map(({ id }) => id));
  const offered = (found.data ?? []).filter(({ id, disabled }) => !here.has(id) && !disabled);
  return (
    <section class="stack-tight">
      <Field
        label={t("structure.add_student")}
        type="search"
        placeholder={t("people.search")}
        value={words}
        onValue={setWords}
        data-testid="student-search"
      />
      {query.length >= 2 && (
        <Load of={found} lines={1}>
          {() =>
            offered.length === 0 ? (
              <p class="muted small">{t("people.not_found")}</p>
            ) : (
              <ul class="plain-list" role="list">
                {offered.map(user => (
                  <li key={user.id}>
                    <span>
                      {user.name} <span class="muted mono small">{user.login}</span>
                    </span>
                    <Button icon={UserPlus} onClick={() => void onAdd(user.id)} data-testid="student-add">
                      {t("action.add")}
                    </Button>
                  </li>
                ))}
              </ul>
            )
          }
        </Load>
      )}
    </section>
  );
}
