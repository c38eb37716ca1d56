/** Asking the server for something of the class, with the reason on the page when it is refused. */
import { useCallback } from "preact/hooks";
import { t } from "../../i18n";
import { RequestFailed } from "../../media/socket";
import { useDoing } from "../../ui/hooks";
import { toast } from "../../ui/Toast";
import { useDesk } from "../context";

export interface Asking {
  busy: boolean;
  /** Resolves to whether it was done. */
  ask: (type: string, body?: Record<string, unknown>) => Promise<boolean>;
}

export function useAsking(): Asking {
  const { room } = useDesk();
  const { busy, run } = useDoing();
  const ask = useCallback(
    async (type: string, body: Record<string, unknown> = {}) => {
      let done = false;
      await run(async () => {
        try {
          await room.socket.request(type, body);
          done = true;
        } catch (error) {
          const known = error instanceof RequestFailed && !error.code.startsWith("link.");
          toast(known ? error.message : t("order.not_done"), "fault");
        }
      });
      return done;
    },
    [room, run],
  );
  return { busy, ask };
}
