/**
 * A file to the server with its progress, which `fetch` does not tell. A file flows in, shares from 0 to 1
 * flow out while it goes, then the deck; or an ApiError.
 */
import { ApiError, readCookie, withQuery } from "../../api/client";
import { isObject, text } from "../../media/wire";

/** Refused here already, before minutes of sending: the server refuses the same. */
export const ACCEPT = ".pdf,.png,.jpg,.jpeg,.webp,.pptx,.ppt,.odp,.docx,.doc,.odt";

export function send(lesson: string, file: File, tell: (share: number) => void): Promise<unknown> {
  const path = withQuery(`/lessons/${encodeURIComponent(lesson)}/slides`, { name: file.name.slice(-200) });
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1${path}`);
    request.setRequestHeader("X-Sabak-CSRF", readCookie(document.cookie, "sabak_csrf"));
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = event => event.lengthComputable && tell(event.loaded / event.total);
    request.onerror = () => reject(new ApiError(0, "net.offline", ""));
    request.onload = () => {
      let answer: unknown;
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        answer = undefined;
      }
      if (request.status === 201) return resolve(answer);
      const error = isObject(answer) && isObject(answer["error"]) ? answer["error"] : {};
      reject(new ApiError(request.status, text(error["code"]) || "net.garbled", text(error["message"])));
    };
    request.send(file);
  });
}
