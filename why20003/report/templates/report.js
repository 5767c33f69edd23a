(() => {
  const status = document.getElementById("status");
  const copied = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      area.className = "unseen";
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      return done;
    }
  };
  for (const box of document.querySelectorAll("[data-copy]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.setAttribute("aria-label", "Copy " + box.dataset.copy);
    let timer = 0;
    button.addEventListener("click", async () => {
      const sources = [...box.querySelectorAll("[data-text]")];
      const lines = sources.map((each, at) => (sources.length > 1 ? at + 1 + ". " : "") + each.textContent.trim());
      const done = await copied(lines.join("\n"));
      button.textContent = done ? "Copied" : "Not copied";
      status.textContent = (done ? "Copied " : "Could not copy ") + box.dataset.copy;
      button.focus();
      clearTimeout(timer);
      timer = setTimeout(() => {
        button.textContent = "Copy";
        status.textContent = "";
      }, 2500);
    });
    (box.querySelector("[data-button]") || box).append(button);
  }
})();
