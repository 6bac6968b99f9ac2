import HTTPTypes
import Kernel
import Operations

/// How an operation's outcome is told.
enum OperationReply {
  static func reply(_ outcome: Dispatcher.Outcome, of declaration: Declaration, _ routes: RouteTable) -> Reply {
    let isCreated = declaration.effect == .create
    var reply = Reply(isCreated ? 201 : 200, "application/json", JSON.write(outcome.value))
    if let version = outcome.value["version"]?.integer { reply.headers[.eTag] = "\"\(version)\"" }
    // Only what reads as an id is put into a header field.
    if isCreated, let id = outcome.value["id"]?.text.flatMap({ PublicId($0) }), let path = routes.path(ofOne: declaration.noun, id: id.description) {
      reply.headers[.location] = path
    }
    if outcome.isReplay { reply.headers[RequestHeaders.name("Idempotency-Replayed")] = "true" }
    return reply
  }
}
