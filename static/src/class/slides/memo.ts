/** A component that is drawn again only when its properties differ in what counts. */
import { Component, h, type ComponentChild, type FunctionComponent } from "preact";

export function memo<P extends object>(
  draw: FunctionComponent<P>,
  equal: (before: P, after: P) => boolean,
): new (props: P) => Component<P> {
  return class Kept extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      return !equal(this.props, next);
    }
    override render(): ComponentChild {
      return h(draw, this.props);
    }
  };
}
