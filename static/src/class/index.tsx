/**
 * The class at `/lessons/{id}/class`, drawn without the shell: first the pre-join page, then the class,
 * then the last page of the visit. One visit is one `Room`; coming back makes a new one.
 */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { get } from "../api/client";
import { useResource } from "../api/resource";
import type { LessonView } from "../api/types";
import { t } from "../i18n";
import { hardware, LocalMedia } from "../media/local";
import { pause } from "../media/pause";
import { me } from "../state/me";
import { ButtonLink } from "../ui/Button";
import { Load, State } from "../ui/States";
import { ClassView, Frame } from "./ClassView";
import { Over } from "./Over";
import { Prejoin } from "./Prejoin";
import { Room } from "./room";
import { Soon } from "./Soon";
import "./prejoin.css";
import "./class.css";
import "./stage.css";
import "./panel.css";
import "./moderation/moderation.css";
import "./groups/groups.css";

/** While the teacher is awaited the lesson is looked at again this often, ms. */
const LOOK_AGAIN = 5_000;

export default function ClassPage({ id }: { id: string }) {
  const signedIn = me.value;
  const lesson = useResource(
    signal => get<LessonView>(`/lessons/${encodeURIComponent(id)}`, {}, signal),
    [id],
  );
  if (!signedIn || !lesson.data) {
    return (
      <main id="main" class="over">
        <Load of={lesson}>{() => null}</Load>
      </main>
    );
  }
  const trial = lesson.data.kind === "trial";
  const shown = trial ? { ...lesson.data, title: t("trial.title") } : lesson.data;
  return <Visit key={id} lesson={shown} person={signedIn} reload={lesson.reload} />;
}

interface VisitProps {
  lesson: LessonView;
  person: { id: string; name: string };
  reload: () => void;
}

function Visit({ lesson, person, reload }: VisitProps) {
  const [room, setRoom] = useState<Room | null>(null);
  const [round, setRound] = useState(0);
  const local = useMemo(() => new LocalMedia(), [round]);
  const held = useRef<{ room: Room | null; local: LocalMedia }>({ room, local });
  held.current.local = local;
  useEffect(
    () => () => {
      held.current.room?.stop();
      held.current.local.stop();
    },
    [],
  );
  const waiting = !room && lesson.state === "planned";
  useEffect(() => {
    if (!waiting) return;
    const timer = setInterval(reload, LOOK_AGAIN);
    return () => clearInterval(timer);
  }, [waiting, reload]);

  if (room?.over.value) {
    const back = (): void => {
      held.current.room = null;
      setRoom(null);
      setRound(value => value + 1);
      reload();
    };
    return <Over room={room} onBack={back} />;
  }
  if (room)
    return (
      <Soon place={<Frame />}>
        <ClassView room={room} lesson={lesson} />
      </Soon>
    );
  const over = lesson.state === "cancelled" || (lesson.state === "closed" && !lesson.may.open);
  if (over) return <NoLesson cancelled={lesson.state === "cancelled"} />;
  const join = (several: boolean): void => {
    if (held.current.room) return;
    const joined = new Room(lesson.id, local, hardware().phone);
    held.current.room = joined;
    joined.together.wanted.value = several;
    joined.start();
    // Drawn apart from the click, which has begun enough.
    void pause().then(() => setRoom(joined));
  };
  return <Prejoin lesson={lesson} person={person} local={local} onJoin={join} />;
}

function NoLesson({ cancelled }: { cancelled: boolean }) {
  return (
    <main id="main" class="over" data-testid={cancelled ? "class-cancelled" : "class-ended"}>
      <State
        title={cancelled ? t("prejoin.cancelled") : t("prejoin.closed")}
        action={
          <ButtonLink look="primary" href="/">
            {t("prejoin.to_today")}
          </ButtonLink>
        }
      >
        {t("prejoin.over_words")}
      </State>
    </main>
  );
}
