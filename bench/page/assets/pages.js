// One page at a time, as the address says. Without this script all of them stand below one another.
{
  const root = document.documentElement;
  const articles = [...document.querySelectorAll("article")];
  const links = document.querySelectorAll("nav a, .tools a");

  const show = (article) => {
    articles.forEach((each) => each.classList.toggle("shown", each === article));
    document.title = `${article.dataset.title} · By hand and in Keras`;
    links.forEach((link) => {
      const leadsHere = document.getElementById(link.hash.slice(1))?.closest("article") === article;
      if (leadsHere) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    });
    // on a phone the navigation is pushed sideways: where one is has to be in sight
    document.querySelector("nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  };

  const follow = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    show(target?.closest("article") ?? articles[0]);
    for (let fold = target?.closest("details"); fold; fold = fold.parentElement.closest("details"))
      fold.open = true;
    if (!target) return;
    target.tabIndex = -1; // so that whoever goes on by keyboard goes on from here
    target.focus({ preventScroll: true });
    if (target.tagName === "H1") scrollTo(0, 0);
    else target.scrollIntoView();
  };

  root.classList.add("js");
  follow();
  addEventListener("hashchange", follow);

  // the way past the navigation leaves the address as it is, and with it the page that is shown
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById("main").focus();
  });

  const scheme = document.getElementById("scheme");
  scheme.hidden = false;
  scheme.addEventListener("click", () => {
    const dark = getComputedStyle(root).getPropertyValue("--is-dark").trim() === "1";
    root.dataset.scheme = dark ? "light" : "dark";
  });
}
