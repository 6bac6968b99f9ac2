/// What becomes of a line's gaps that nobody accepted: the type of the proof's event.
package enum ProofNews: String, Sendable, CaseIterable {
  /// It has some, and had none.
  case opened = "proof.gaps_opened"
  /// It has none any more.
  case closed = "proof.gaps_closed"
  /// It had some, and now it has others besides: something that it rests on changed, or an acceptance ran out.
  case added = "proof.gaps_added"

  var seq: Int64 { self == .closed ? 2 : 1 }
}
