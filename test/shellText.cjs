/* Jest's counterpart of the bundler's text loader (launch.cjs): a shell script imported as text. */
"use strict";

module.exports = {
    process: (text) => ({ code: `module.exports = ${JSON.stringify(text)};` }),
};
