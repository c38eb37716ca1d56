/**
 * The photos of the way in, side by side: the face now, the document, the photo of the student's record.
 * The machine says how alike two faces are, as a word and a number; that it is the same person, a person
 * confirms.
 */
import { t } from "../../i18n";
import { clock } from "../../i18n/dates";
import { me } from "../../state/me";
import { Badge } from "../../ui/Badge";
import { Note } from "../../ui/Note";
import { photoOf } from "./api";
import { problemWord } from "./checks";
import type { Detail } from "./types";
import { likeness } from "./words";

const KINDS = ["face", "document", "left", "right", "room"] as const;

export function Photos({ exam, one, identity }: { exam: string; one: Detail; identity: boolean }) {
  const taken = new Map(one.photos.map(photo => [photo.kind, photo]));
  const score = taken.get("face")?.score ?? one.score;
  const like = likeness(score);
  if (one.steps.private && one.watcher !== me.value?.id) {
    return <Note testid="wall-private-photos">{t("wall.private_words")}</Note>;
  }
  const shown = KINDS.filter(kind => taken.has(kind) || kind === "face" || (kind === "document" && identity));
  return (
    <div class="stack-tight">
      <ul role="list" class="pw-photos">
        {shown.map(kind => {
          const photo = taken.get(kind) ?? null;
          const problem = problemWord(photo);
          return (
            <li key={kind}>
              <figure>
                {photo ? (
                  <img
                    src={photoOf(exam, one.person, kind, photo.at)}
                    alt={t(`wall.photo_${kind}`)}
                    data-testid={`wall-photo-${kind}`}
                  />
                ) : (
                  <span class="pw-nophoto muted">{t("wall.photo_none")}</span>
                )}
                <figcaption>
                  {t(`wall.photo_${kind}`)}
                  {photo && <span class="muted numbers"> {clock(photo.at)}</span>}
                  {photo && problem && <Badge tone="warn">{problem}</Badge>}
                </figcaption>
              </figure>
            </li>
          );
        })}
        {one.registered && (
          <li>
            <figure>
              <img src={photoOf(exam, one.person, "registered")} alt={t("wall.photo_registered")} />
              <figcaption>{t("wall.photo_registered")}</figcaption>
            </figure>
          </li>
        )}
      </ul>
      <p class="row" data-testid="wall-likeness">
        <Badge tone={like.tone}>{like.words}</Badge>
        {score !== null && <span class="numbers">{t("wall.like_number", { n: score.toFixed(2) })}</span>}
        <span class="muted small">{t("wall.person_confirms")}</span>
      </p>
    </div>
  );
}

/** The steps of the way in, each with its word. */
export function StepList({ one }: { one: Detail }) {
  const { steps } = one;
  const rows: [string, string][] = [
    [t("wall.step_rules"), steps.rules ? clock(steps.rules) : t("wall.step_open")],
    [
      t("wall.step_biometrics"),
      steps.biometrics ? t(`wall.biometrics_${steps.biometrics}`) : t("wall.step_open"),
    ],
    [t("wall.step_equipment"), t(`wall.equipment_${steps.equipment || "none"}`)],
    [t("wall.step_turn"), t(steps.turn ? "wall.step_done" : "wall.step_open")],
    [t("wall.step_share"), t(steps.share ? "wall.step_done" : "wall.step_open")],
    [t("wall.step_baseline"), t(steps.baseline ? "wall.step_done" : "wall.step_open")],
    [t("wall.step_marker"), t(steps.marker ? "wall.step_found" : "wall.step_open")],
    [t("wall.step_confirmed"), steps.confirmed ? clock(steps.confirmed) : t("wall.step_open")],
  ];
  return (
    <dl class="pw-facts">
      {rows.map(([name, words]) => (
        <div key={name}>
          <dt class="muted">{name}</dt>
          <dd>{words}</dd>
        </div>
      ))}
    </dl>
  );
}
