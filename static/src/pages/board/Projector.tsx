/** The board on a wall: large, without controls, a page every few seconds. */
import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { t } from "../../i18n";
import { clock, longDay } from "../../i18n/dates";
import { useNow } from "../../ui/hooks";
import { Load } from "../../ui/States";
import { useBoard } from "./Board";
import { State } from "./State";
import type { BoardView } from "./words";
import "./board.css";

const PAGE = 9; // lessons on a wall at a time
const TURN = 10_000; // ms

export default function Projector() {
  const { query } = useLocation();
  const now = useNow(1_000);
  const board = useBoard("", query["faculty"] ?? "");
  return (
    <main id="main" class="wall" data-testid="projector">
      <header class="wall-head">
        <h1>{board.data && longDay(board.data.date)}</h1>
        <p class="numbers">{clock(new Date(now).toISOString())}</p>
      </header>
      <Load of={board}>{found => <Wall found={found} />}</Load>
    </main>
  );
}

function Wall({ found }: { found: BoardView }) {
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTurn(value => value + 1), TURN);
    return () => clearInterval(timer);
  }, []);
  // what is over and went well is no news on a wall
  const shown = found.lessons.filter(({ word }) => word !== "held" && word !== "ended_early");
  const pages = Math.max(1, Math.ceil(shown.length / PAGE));
  const page = turn % pages;
  if (shown.length === 0) return <p class="wall-empty">{t("board.empty")}</p>;
  return (
    <>
      <ul class="wall-rows" role="list">
        {shown.slice(page * PAGE, (page + 1) * PAGE).map(one => (
          <li key={one.id}>
            <span class="numbers">{clock(one.was && one.word === "moved_away" ? one.was : one.starts)}</span>
            <span class="wall-groups">{one.groups.join(", ")}</span>
            <span>{one.title || one.discipline}</span>
            <State lesson={one} />
          </li>
        ))}
      </ul>
      {pages > 1 && (
        <p class="wall-page numbers">
          {page + 1} / {pages}
        </p>
      )}
    </>
  );
}
