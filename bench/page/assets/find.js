// The search: the list of all that can be found is in the page; what does not match is hidden.
{
  const form = document.querySelector("form[role=search]");
  const input = form.querySelector("input");
  const output = form.querySelector("output");
  const entries = [...document.querySelectorAll(".found li")].map((item) => ({
    item,
    title: item.querySelector("a").textContent.toLowerCase(),
    text: item.textContent.toLowerCase(),
  }));

  const find = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const [named, others] = [[], []];
    for (const { item, title, text } of entries) {
      item.hidden = !words.every((word) => text.includes(word));
      // what is called so comes before what only speaks of it; the keyboard meets them in that order
      if (words.some((word) => title.includes(word))) named.push(item);
      else others.push(item);
    }
    for (const item of [...named, ...others]) item.parentElement.append(item);
    const shown = entries.filter(({ item }) => !item.hidden).length;
    for (const section of document.querySelectorAll(".found"))
      section.hidden = !section.querySelector("li:not([hidden])");
    output.textContent = words.length ? `${shown} found` : "";
  };

  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  input.addEventListener("input", find);
  // a slash leads to the search from anywhere, as on many sites
  addEventListener("keydown", (event) => {
    const typing = event.target.matches("input, textarea, select");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (location.hash === "#find") {
      input.focus();
      return;
    }
    addEventListener("hashchange", () => input.focus(), { once: true });
    location.hash = "find";
  });
}
