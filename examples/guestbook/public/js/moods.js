// The moods an entry may have, and the icon and colour of each.

export const MOODS = [
  { slug: "happy", label: "Happy", tone: "amber" },
  { slug: "grateful", label: "Grateful", tone: "coral" },
  { slug: "curious", label: "Curious", tone: "sky" },
  { slug: "nostalgic", label: "Nostalgic", tone: "plum" },
  { slug: "amazed", label: "Amazed", tone: "sea" },
];

export const moodOf = (slug) => MOODS.find((mood) => mood.slug === slug) ?? MOODS[0];
