// Colours are CSS variables of card.css, so that cards follow light and dark without being drawn again.

/** @param {string} name */
const foreground = (name) => ({ default: `var(--card-${name})`, subtle: name === 'text' ? 'var(--card-quiet)' : `var(--card-${name})` })

const foregroundColors = {
  default: foreground('text'),
  dark: foreground('text'),
  light: foreground('text'),
  accent: foreground('accent'),
  attention: foreground('attention'),
  good: foreground('good'),
  warning: foreground('warning'),
}

/** @param {string} name */
const style = (name) => ({ backgroundColor: `var(--card-${name}-ground)`, foregroundColors })

const fontSizes = { small: 13, default: 15, medium: 16, large: 18, extraLarge: 24 }
const fontWeights = { lighter: 300, default: 400, bolder: 620 }

/** How Microsoft's renderer draws our cards. Sizes are pixels. */
export const HOST_CONFIG = {
  supportsInteractivity: true,
  spacing: { small: 4, default: 8, medium: 14, large: 20, extraLarge: 28, padding: 16 },
  separator: { lineThickness: 1, lineColor: 'var(--line)' },
  fontTypes: {
    default: { fontFamily: 'inherit', fontSizes, fontWeights },
    monospace: { fontFamily: 'ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace', fontSizes, fontWeights },
  },
  lineHeights: { small: 18, default: 22, medium: 22, large: 25, extraLarge: 31 },
  containerStyles: {
    default: style('default'),
    emphasis: style('emphasis'),
    accent: style('accent'),
    good: style('good'),
    warning: style('warning'),
    attention: style('attention'),
  },
  inputs: {
    label: {
      inputSpacing: 'small',
      requiredInputs: { weight: 'bolder', suffix: ' *', suffixColor: 'attention', size: 'small' },
      optionalInputs: { weight: 'bolder', size: 'small' },
    },
    errorMessage: { color: 'attention', weight: 'default', size: 'small', spacing: 'small' },
  },
  actions: {
    maxActions: 12,
    spacing: 'medium',
    buttonSpacing: 8,
    showCard: { actionMode: 'inline', inlineTopMargin: 12, style: 'emphasis' },
    actionsOrientation: 'horizontal',
    actionAlignment: 'left',
  },
  table: { cellSpacing: 6 },
}
