import Kernel
import Live
import Operations

/// How live updates look in the OpenAPI document.
struct LiveDocument {
  let writer: OpenAPIWriter

  private var language: Language { writer.language }

  var path: Value {
    .object([
      "get": .object([
        "operationId": .text("live"), "tags": .array([.text("live")]), "summary": .text(DocumentTexts.live.text(language)),
        "description": .text(DocumentTexts.liveRights.text(language, ["permissions": permissions])),
        "parameters": .array(
          LiveInput.fields.map { writer.query($0) } + [lastEventId, OpenAPIWriter.reference("parameters", "AcceptLanguage")]),
        "responses": .object([Value.Member("200", stream)] + problems),
      ])
    ])
  }

  private var lastEventId: Value {
    .object([
      "name": .text("Last-Event-ID"), "in": .text("header"), "required": .bool(false), "description": .text(DocumentTexts.lastEventId.text(language)),
      "schema": .object(["type": .text("string")]),
    ])
  }

  private var stream: Value {
    .object([
      "description": .text(DocumentTexts.liveStream.text(language)),
      "headers": .object(["X-Request-Id": OpenAPIWriter.reference("headers", "RequestId")]),
      "content": .object([
        Value.Member(
          LiveRoute.contentType,
          .object(["schema": .object(["type": .text("string"), "description": .text(DocumentTexts.liveData.text(language, ["kinds": kinds]))])]))
      ]),
    ])
  }

  private var permissions: String { LiveRights.permissions.map { "`\($0)`" }.joined(separator: ", ") }

  private var kinds: String { LiveEvent.Kind.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ") + ", `reset`" }

  private var problems: [Value.Member] {
    [400, 401, 403, 404, 422, 429, 500, 503].map { Value.Member(String($0), OpenAPIWriter.reference("responses", ProblemSchema.name($0))) }
  }
}
