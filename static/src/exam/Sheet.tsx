/** The question sheet, page by page, as pictures of a width that fits the zoom. */
import { ChevronLeft, ChevronRight, RotateCw, ZoomIn, ZoomOut } from "lucide-preact";
import { useState } from "preact/hooks";
import { t } from "../i18n";
import { Button, IconButton } from "../ui/Button";
import { sheetPage } from "./api";

const ZOOMS = [1, 1.4, 2, 2.8];
const WIDTH = 960; // pixels at zoom 1, as the server is asked

export function Sheet({ exam, pages }: { exam: string; pages: number }) {
  const [page, setPage] = useState(1);
  const [zoom, setZoom] = useState(0);
  const [failed, setFailed] = useState(0);
  const factor = ZOOMS[zoom] ?? 1;
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  const width = Math.min(2400, Math.round(WIDTH * Math.max(factor, ratio)));
  const broken = failed % 2 === 1;
  return (
    <div class="sheet" data-testid="exam-sheet" data-page={page}>
      <div class="row sheet-bar">
        <IconButton
          icon={ChevronLeft}
          label={t("exam.page_before")}
          disabled={page <= 1}
          onClick={() => setPage(page - 1)}
          data-testid="exam-page-before"
        />
        <span class="numbers" role="status">
          {t("exam.page_of", { page, pages })}
        </span>
        <IconButton
          icon={ChevronRight}
          label={t("exam.page_after")}
          disabled={page >= pages}
          onClick={() => setPage(page + 1)}
          data-testid="exam-page-after"
        />
        <span class="grow" />
        <IconButton
          icon={ZoomOut}
          label={t("exam.zoom_out")}
          disabled={zoom === 0}
          onClick={() => setZoom(zoom - 1)}
        />
        <IconButton
          icon={ZoomIn}
          label={t("exam.zoom_in")}
          disabled={zoom === ZOOMS.length - 1}
          onClick={() => setZoom(zoom + 1)}
          data-testid="exam-zoom-in"
        />
      </div>
      <div class="sheet-paper" tabIndex={0} role="group" aria-label={t("exam.page_of", { page, pages })}>
        {broken ? (
          <div class="stack sheet-failed">
            <p>{t("exam.page_failed")}</p>
            <div>
              <Button icon={RotateCw} onClick={() => setFailed(failed + 1)}>
                {t("action.retry")}
              </Button>
            </div>
          </div>
        ) : (
          <img
            key={`${page}-${failed}`}
            class={`sheet-page sheet-zoom-${zoom}`}
            src={sheetPage(exam, page, width)}
            alt={t("exam.page_alt", { page })}
            onError={() => setFailed(failed + 1)}
            data-testid="exam-page"
          />
        )}
      </div>
    </div>
  );
}
