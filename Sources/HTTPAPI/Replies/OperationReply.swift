import HTTPTypes
import Kernel
import Operations

extension Declaration {
  /// 202 for what is kept and done later, 201 for what was made.
  var successStatus: Int { answersLater ? 202 : effect == .create ? 201 : 200 }
}

/// How an operation's outcome is told.
enum OperationReply {
  static func reply(_ outcome: Dispatcher.Outcome, of declaration: Declaration, _ routes: RouteTable) -> Reply {
    let isCreated = declaration.effect == .create
    if let file = outcome.file {
      return Reply(file: file, name: outcome.value["name"]?.text ?? "file", type: outcome.value["type"]?.text ?? RequestHeaders.fileType)
    }
    var reply = Reply(declaration.successStatus, "application/json", JSON.write(outcome.value))
    if let version = outcome.value["version"]?.integer { reply.headers[.eTag] = "\"\(version)\"" }
    // Only what reads as an id is put into a header field.
    if isCreated, let id = outcome.value["id"]?.text.flatMap({ PublicId($0) }), let path = routes.path(ofOne: declaration.noun, id: id.description) {
      reply.headers[.location] = path
    }
    if outcome.isReplay { reply.headers[RequestHeaders.name("Idempotency-Replayed")] = "true" }
    return reply
  }
}
