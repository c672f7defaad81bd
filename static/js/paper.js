/* A button that prints, where scripts run; without them the line beside it says how. */
"use strict";
{
  const button = document.getElementById("print");
  button.hidden = false;
  document.getElementById("by-keys").hidden = true;
  button.addEventListener("click", () => print());
}
