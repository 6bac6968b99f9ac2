/// Who reads a comment.
package enum CommentVisibility: String, Sendable, CaseIterable {
  /// The customer's people too.
  case everybody = "public"
  /// The provider's staff only.
  case staff = "internal"
}
