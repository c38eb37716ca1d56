/**
 * Who sits the exam, and what is different for them: more minutes, the computer class and a seat, kinds
 * that are not judged. Each difference needs a reason, which stands in the trace.
 */
import { Armchair, Pencil } from "lucide-preact";
import { useState } from "preact/hooks";
import { explain } from "../../api/explain";
import type { Resource } from "../../api/resource";
import type { ExamView } from "../../exam/types";
import { maybe, t } from "../../i18n";
import { Badge } from "../../ui/Badge";
import { Button, IconButton } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Check, Choice, Field, Select, TextArea } from "../../ui/Field";
import { useDoing } from "../../ui/hooks";
import { Note } from "../../ui/Note";
import { Empty, Load } from "../../ui/States";
import { Table } from "../../ui/Table";
import { toast } from "../../ui/Toast";
import { KINDS, type Proctor } from "../wall/types";
import { kindWord } from "../wall/words";
import { changeCandidate, type Candidate } from "./api";
import { needsSeat } from "./plan";
import { Amount } from "./RulesEditor";

interface Props {
  exam: ExamView;
  found: Resource<{ candidates: Candidate[] }>;
  proctors: Resource<{ proctors: Proctor[] }>;
  edit: boolean;
}

export function Candidates({ exam, found, proctors, edit }: Props) {
  const [opened, setOpened] = useState<Candidate>();
  return (
    <Load of={found}>
      {({ candidates }) => (
        <>
          {candidates.length === 0 ? (
            <Empty title={t("examplan.no_candidates")}>{t("examplan.no_candidates_words")}</Empty>
          ) : (
            <>
              <SeatRequests candidates={candidates} edit={edit} onGive={setOpened} />
              <Table
                caption={t("examplan.tab_candidates")}
                testid="examplan-candidates"
                rows={candidates}
                rowKey={one => one.person}
                columns={[
                  { id: "name", label: t("examplan.name"), heads: true, cell: one => one.name },
                  { id: "group", label: t("examplan.group"), cell: one => one.group },
                  {
                    id: "place",
                    label: t("examplan.place"),
                    cell: one =>
                      one.place === "class"
                        ? [t("examplan.place_class"), one.room, one.seat].filter(Boolean).join(", ")
                        : t("examplan.place_home"),
                  },
                  {
                    id: "equipment",
                    label: t("examplan.equipment"),
                    cell: one => (
                      <Badge tone={needsSeat(one) ? "warn" : one.equipment === "good" ? "good" : "plain"}>
                        {maybe(`examplan.equipment_${one.equipment || "none"}`) ?? one.equipment}
                      </Badge>
                    ),
                  },
                  {
                    id: "own",
                    label: t("examplan.differences"),
                    cell: one => (
                      <span class="row">
                        {one.extra > 0 && <Badge tone="accent">{t("wall.extra", { n: one.extra })}</Badge>}
                        {one.off.length > 0 && (
                          <Badge tone="accent">{t("examplan.off_count", { count: one.off.length })}</Badge>
                        )}
                        {one.note}
                      </span>
                    ),
                  },
                  {
                    id: "edit",
                    label: "",
                    end: true,
                    cell: one =>
                      edit && (
                        <IconButton
                          icon={Pencil}
                          label={`${t("action.edit")}: ${one.name}`}
                          onClick={() => setOpened(one)}
                          data-testid="examplan-candidate"
                        />
                      ),
                  },
                ]}
              />
            </>
          )}
          {opened && (
            <Change
              key={opened.person}
              exam={exam}
              proctors={proctors.data?.proctors ?? []}
              one={opened}
              onClose={() => setOpened(undefined)}
              onDone={changed => {
                setOpened(undefined);
                found.set({
                  candidates: candidates.map(each =>
                    each.person === changed.person ? { ...changed, equipment: each.equipment } : each,
                  ),
                });
              }}
            />
          )}
        </>
      )}
    </Load>
  );
}

interface RequestProps {
  candidates: readonly Candidate[];
  edit: boolean;
  onGive: (one: Candidate) => void;
}

/** Who asks for a seat in a computer class, or cannot do without one; one click opens what gives it. */
function SeatRequests({ candidates, edit, onGive }: RequestProps) {
  const open = candidates.filter(needsSeat);
  if (open.length === 0) return null;
  return (
    <Note tone="warn" testid="examplan-seats">
      <p>
        <strong>{t("examplan.open_seats", { count: open.length })}</strong>
      </p>
      <ul role="list" class="plain-list">
        {open.map(one => (
          <li key={one.person} class="row" data-testid="examplan-seat-request" data-person={one.person}>
            <span class="grow">
              {one.name} <span class="muted">{one.group}</span>
              <br />
              <span class="small">{t(`examplan.asked_${one.asked || "equipment"}`)}</span>
            </span>
            {edit && (
              <Button
                icon={Armchair}
                onClick={() => onGive({ ...one, place: "class" })}
                data-testid="examplan-seat-give"
              >
                {t("examplan.seat_give")}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Note>
  );
}

interface ChangeProps {
  exam: ExamView;
  proctors: readonly Proctor[];
  one: Candidate;
  onClose: () => void;
  onDone: (one: Candidate) => void;
}

function Change({ exam, proctors, one, onClose, onDone }: ChangeProps) {
  const [draft, setDraft] = useState(one);
  const [reason, setReason] = useState("");
  const [told, setTold] = useState(false);
  const doing = useDoing();
  const change = (part: Partial<Candidate>): void => setDraft({ ...draft, ...part });
  const short = reason.trim().length < 3;
  const judged = exam.rules ? exam.rules.kinds.filter(kind => kind.on).map(({ kind }) => kind) : [...KINDS];
  const submit = (): void => {
    setTold(true);
    if (short) return;
    const { extra, off, place, seat, note, room, proctor } = draft;
    void doing.run(async () => {
      const body = {
        extra,
        off,
        place,
        seat: seat.trim(),
        room: room.trim(),
        proctor,
        note: note.trim(),
        reason: reason.trim(),
      };
      const changed = await changeCandidate(exam.id, one.person, body);
      toast(t("done.saved"));
      onDone(changed);
    });
  };
  return (
    <Dialog
      open
      wide
      title={one.name}
      onClose={onClose}
      onSubmit={submit}
      testid="examplan-candidate-dialog"
      foot={
        <>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button look="primary" type="submit" busy={doing.busy} data-testid="examplan-candidate-save">
            {t("action.save")}
          </Button>
        </>
      }
    >
      <Amount
        label={t("examplan.extra")}
        value={draft.extra}
        most={600}
        onValue={extra => change({ extra: Math.round(extra) })}
        testid="examplan-extra"
      />
      <Choice
        label={t("examplan.place")}
        value={draft.place}
        options={[
          { value: "home", label: t("examplan.place_home") },
          { value: "class", label: t("examplan.place_class") },
        ]}
        onValue={place => change({ place: place as Candidate["place"] })}
        testid="examplan-place"
      />
      {draft.place === "class" && (
        <div class="plan-grid">
          <Field
            label={t("examplan.room")}
            value={draft.room}
            onValue={room => change({ room })}
            maxLength={100}
            data-testid="examplan-room"
          />
          <Field
            label={t("examplan.seat")}
            value={draft.seat}
            onValue={seat => change({ seat })}
            maxLength={100}
            data-testid="examplan-seat"
          />
          <Select
            label={t("examplan.in_room")}
            none={t("examplan.in_room_none")}
            value={draft.proctor}
            options={proctors.map(each => ({ value: each.person, label: each.name }))}
            onValue={proctor => change({ proctor })}
            data-testid="examplan-in-room"
          />
        </div>
      )}
      <fieldset class="stack-tight" data-testid="examplan-off">
        <legend class="field-label">{t("examplan.off")}</legend>
        <p class="muted small">{t("examplan.off_words")}</p>
        <div class="plan-kinds">
          {judged.map(kind => (
            <Check
              key={kind}
              label={kindWord(kind)}
              checked={draft.off.includes(kind)}
              onValue={on =>
                change({ off: on ? [...draft.off, kind] : draft.off.filter(each => each !== kind) })
              }
              data-kind={kind}
            />
          ))}
        </div>
      </fieldset>
      <Field
        label={t("examplan.note")}
        value={draft.note}
        onValue={note => change({ note })}
        maxLength={500}
        data-testid="examplan-note"
      />
      <TextArea
        label={t("wall.reason")}
        value={reason}
        onValue={setReason}
        maxLength={500}
        error={told && short ? t("wall.reason_short") : undefined}
        data-testid="examplan-reason"
      />
      {doing.error !== undefined && <Note tone="danger">{explain(doing.error)}</Note>}
    </Dialog>
  );
}
