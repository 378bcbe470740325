import type * as Renderer from 'adaptivecards'

declare global {
  /** Set by adaptivecards.min.js, which stands before our modules in index.html. */
  const AdaptiveCards: typeof Renderer
}
