/// Who reads a comment.
package enum CommentVisibility: String, Sendable, CaseIterable {
  /// The customer's people too.
  case `public`
  /// The provider's staff only.
  case `internal`
}
