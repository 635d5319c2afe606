// What becomes of a response whose answer was lost on its way; the service is a server.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";

import { Answering } from "../../static/js/survey/answering.js";

// The desk's part is computing, which is tested elsewhere.
const ask = async (act) => (act === "checkReceipt" ? null : {});

// Where the first answer is lost, whoever asks again is told this.
async function sending({ refusal, answered, isLost = false }, act) {
  const asked = [];
  const server = createServer((request, response) => {
    const name = request.url.split("/").at(-1);
    const isFirst = !asked.includes(name);
    asked.push(name);
    if (isLost && name === "answer" && isFirst) {
      request.socket.destroy();
      return;
    }
    const [status, told] = {
      answer: [409, { error: refusal }], right: [200, {}],
      status: [200, { answered, receipt: answered ? {} : null }],
    }[name];
    response.writeHead(status, { "Content-Type": "application/json" });
    response.end(JSON.stringify(told));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  const { fetch } = globalThis;
  globalThis.fetch = (address, options) => fetch(new URL(address, url), options);
  try {
    await act(new Answering({ ask, mode: "anonymous", registerUrl: url, slug: "s", tell() {} }));
  } finally {
    globalThis.fetch = fetch;
    server.close();
    server.closeAllConnections();
  }
  assert.deepEqual(asked, ["right", ...(isLost ? ["answer"] : []), "answer", "status"]);
}

const response = { answers: {}, group: 0 };

test("a response that was taken before closing is found when its receipt was lost", () =>
  sending({ refusal: "SurveyNotOpen", answered: true, isLost: true }, async (answering) => {
    assert.deepEqual(await answering.send(response), { isFresh: false, isOwn: true });
  }));

test("a response that was not taken before closing is too late", () =>
  sending({ refusal: "SurveyNotOpen", answered: false }, async (answering) => {
    await assert.rejects(answering.send(response), { name: "TooLate" });
  }));

test("another response that was first is told of as another", () =>
  sending({ refusal: "AlreadyAnswered", answered: true }, async (answering) => {
    assert.deepEqual(await answering.send(response), { isFresh: false, isOwn: false });
  }));
