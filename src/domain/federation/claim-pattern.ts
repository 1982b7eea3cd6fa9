/**
 * Whether a claim's text fits a pattern: `*` stands for any characters or none, `?` for exactly one, everything else
 * for itself. Claims are not paths (`repo:org/app:ref:refs/heads/main`), so `*` crosses `/` and `:`, and `**` means no
 * more than `*`. Case counts. The time is bounded by the product of the two lengths, whatever the pattern.
 */
export function matchesClaim(pattern: string, text: string): boolean {
  let inPattern = 0;
  let inText = 0;
  let afterStar = -1;
  let resumeAt = 0;
  while (inText < text.length) {
    const wanted = pattern[inPattern];
    if (wanted === '*') {
      inPattern++;
      afterStar = inPattern;
      resumeAt = inText;
    } else if (wanted === '?' || wanted === text[inText]) {
      inPattern++;
      inText++;
    } else if (afterStar >= 0) {
      // The last star takes one character more.
      inPattern = afterStar;
      resumeAt++;
      inText = resumeAt;
    } else {
      return false;
    }
  }
  return /^\**$/.test(pattern.slice(inPattern));
}

/** Whether the pattern says nothing of the claim but its length. */
export function isAnything(pattern: string): boolean {
  return /^[*?]*$/.test(pattern);
}
