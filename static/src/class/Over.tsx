/**
 * The last page of a visit: the lesson ended, you left it, it moved to another window, the log-in ended,
 * or you may no longer be there. Each says what happened, that nothing is lost, and what to do.
 */
import { CircleCheck, DoorClosed, DoorOpen, Lock, LogIn, MonitorSmartphone, RotateCcw } from "lucide-preact";
import { t } from "../i18n";
import { me } from "../state/me";
import { Button, ButtonLink, type Icon } from "../ui/Button";
import { State } from "../ui/States";
import type { Over as OverWord, Room } from "./room";

const PICTURES: Record<Exclude<OverWord, "">, Icon> = {
  ended: CircleCheck,
  left: DoorOpen,
  taken: MonitorSmartphone,
  revoked: LogIn,
  removed: Lock,
  out: DoorClosed,
  locked: Lock,
  refused: DoorClosed,
};

export function Over({ room, onBack }: { room: Room; onBack: () => void }) {
  const why = room.over.value || "ended";
  const { openedAt, closedAt } = room.state;
  const took = Date.parse(closedAt.value) - Date.parse(openedAt.value);
  return (
    <main id="main" class="over" data-testid={why === "ended" ? "class-ended" : `class-${why}`}>
      <State
        icon={PICTURES[why]}
        title={t(`class.${why}_title`)}
        action={
          <>
            {why === "left" && (
              <Button look="primary" icon={RotateCcw} onClick={onBack} data-testid="class-rejoin">
                {t("class.rejoin")}
              </Button>
            )}
            {(why === "locked" || why === "refused") && (
              <Button look="primary" icon={RotateCcw} onClick={onBack} data-testid="class-again">
                {t("order.try_again")}
              </Button>
            )}
            {why === "taken" && (
              <Button look="primary" icon={RotateCcw} onClick={onBack} data-testid="class-here">
                {t("class.taken_here")}
              </Button>
            )}
            {why === "revoked" && (
              <Button
                look="primary"
                icon={LogIn}
                onClick={() => (me.value = null)}
                data-testid="class-log-in"
              >
                {t("class.revoked_login")}
              </Button>
            )}
            <ButtonLink look={why === "ended" ? "primary" : "plain"} href="/" data-testid="class-to-today">
              {t("prejoin.to_today")}
            </ButtonLink>
          </>
        }
      >
        <p>{t(`class.${why}_words`)}</p>
        {why === "out" && room.reason.value && (
          <p data-testid="class-out-reason">{t("order.reason", { reason: room.reason.value })}</p>
        )}
        {why === "ended" && took >= 60_000 && (
          <p class="numbers">{t("class.ended_took", { count: Math.round(took / 60_000) })}</p>
        )}
      </State>
    </main>
  );
}
