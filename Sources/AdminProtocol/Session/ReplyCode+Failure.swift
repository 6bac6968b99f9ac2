import Kernel
import Operations

/// The one place where a failure becomes a reply.
extension ReplyCode {
  init(_ failure: Failure) {
    switch failure.kind {
    case .malformed: self.init(.clientError, 0)
    case .notFound: self.init(.clientError, 4)
    case .conflict where failure.code == OperationMessages.keyReused.key: self.init(.clientError, 22)
    case .conflict: self.init(.clientError, 9)
    case .versionMismatch: self.init(.clientError, 12)
    case .tooLarge: self.init(.clientError, 13)
    case .invalid: self.init(.clientError, 22)
    case .versionRequired: self.init(.clientError, 28)
    case .unauthenticated: self.init(.denied, 1)
    case .denied: self.init(.denied, 3)
    case .busy where failure.code == OperationMessages.storageFull.key: self.init(.tryLater, 7)
    case .busy: self.init(.tryLater, 3)
    case .limited: self.init(.tryLater, 29)
    case .internal: self.init(.serverError, 0)
    case .outcomeUnknown: self.init(.outcomeUnknown, 3)
    }
  }

  /// The client took too long (408).
  static let tooSlow = ReplyCode(.clientError, 8)
}

extension AdminReply {
  /// `id` is the correlation id, `key` the idempotency key of a call that may be repeated.
  init(_ failure: Failure, code: ReplyCode? = nil, _ language: Language, id: String, key: String? = nil) {
    var fields = [Value.Member("code", .text(failure.code))]
    if let first = failure.violations.first { fields.append(Value.Member("field", .text(first.path))) }
    fields.append(Value.Member("id", .text(id)))
    if let key { fields.append(Value.Member("request-id", .text(key))) }
    if let seconds = failure.retryAfterSeconds { fields.append(Value.Member("retry-after", .integer(Int64(max(1, seconds))))) }
    if !failure.violations.isEmpty {
      let errors = failure.violations.map { violation -> Value in
        let value = violation.value.map { [Value.Member("value", $0)] } ?? []
        let told = Value.Member("text", .text(violation.message.text(language, violation.arguments)))
        return Value.object([Value.Member("path", .text(violation.path)), Value.Member("code", .text(violation.message.key))] + value + [told])
      }
      fields.append(Value.Member("errors", .array(errors)))
    }
    fields.append(Value.Member("text", .text(failure.text(language))))
    self.init(code ?? ReplyCode(failure), .fields, fields)
  }
}
