const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for HTML, in elements and in quoted attributes. Control characters, which no browser shows, become their pictures (␀ and so on). */
export const escapeHtml = (text: string): string =>
  [...text]
    .map((char) => {
      const code = char.charCodeAt(0);
      if (code < 0x20) return String.fromCharCode(0x2400 + code);
      return ENTITIES[char] ?? char;
    })
    .join('');
