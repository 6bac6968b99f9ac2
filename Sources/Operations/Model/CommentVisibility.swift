import Kernel

/// Who reads a comment.
package enum CommentVisibility: String, Sendable, CaseIterable {
  /// The customer's people too.
  case everybody = "public"
  /// The provider's staff only.
  case staff = "internal"

  /// Who reads what somebody of `side` writes. A customer's people write for everybody; what the staff write stays among them unless they
  /// say otherwise, for what was once public is so for ever.
  /// - Parameter given: what was asked for; nil: nothing was said.
  package static func chosen(_ given: CommentVisibility?, by side: Side) throws(Failure) -> CommentVisibility {
    if side == .staff { return given ?? .staff }
    guard given != .staff else { throw Failure.invalid("visibility", OperationMessages.customersWritePublicly) }
    return .everybody
  }
}

/// The fields that comments have in common, whatever they are on.
package enum CommentFields {
  package static let body = Field.longText("body", 1...20_000, "What is to be said.", "评论内容。")
  package static let visibility = Field.oneOf(
    "visibility", CommentVisibility.allCases.map(\.rawValue),
    "public: the customer's people read it too; internal: staff only. Left out: internal of what staff write, public of what a customer's people write.",
    "public：客户人员可见；internal：仅服务商人员可见。省略时，服务商人员所写为 internal，客户人员所写为 public。")
}
