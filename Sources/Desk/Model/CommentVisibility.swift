import Kernel

/// Who reads a comment.
package enum CommentVisibility: String, Sendable, CaseIterable {
  /// The customer's people too.
  case everybody = "public"
  /// The provider's staff only.
  case staff = "internal"

  /// Where nobody says it: what staff write is among themselves, so that nothing reaches a customer by an oversight.
  static func usual(from side: Side) -> CommentVisibility { side == .staff ? .staff : .everybody }
}
