// Runs RocketRML on a mapping: node rocket.js MAPPING OUTPUT
const rocket = require("rocketrml");

rocket.parseFile(process.argv[2], process.argv[3], { toRDF: true }).catch((error) => {
  console.error(error);
  process.exit(1);
});
