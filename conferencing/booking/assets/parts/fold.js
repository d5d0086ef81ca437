// Words as the search of places compares them: without case, tone and hat, đ as d. No DOM here.
export function fold(text) {
  return text.normalize("NFD").toLowerCase().replace(/đ/g, "d").replace(/\p{M}/gu, "").trim();
}
