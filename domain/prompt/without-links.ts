/** Markdown links and images, with the words that they show. */
const MARKDOWN_LINK = /!?\[([^\]\n]*)\]\([^)\n]*\)/g;
const HTML_TAG = /<\/?[a-z][^>\n]*>/gi;
/** Addresses with a scheme, and bare ones that programs turn into links. */
const ADDRESS =
  /\b(?:[a-z][a-z0-9+.-]{1,20}:\/\/|www\.)[^\s<>"'`|]+|\b(?:mailto|javascript|data|vbscript|file|tel):[^\s<>"'`|]+/gi;

/**
 * A model's words for a reader's eyes: what would become a link, an image or a tag where they are shown is taken out. A model may
 * have read them in a comment or a cell, and one click would carry data to whoever wrote that.
 */
export const withoutLinks = (text: string): string =>
  text.replace(MARKDOWN_LINK, '$1').replace(HTML_TAG, '').replace(ADDRESS, '[link removed]');
