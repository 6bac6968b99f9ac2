import Kernel
import Operations

/// What a line version holds.
struct LineContent: Hashable, Sendable {
  struct Quantity: Hashable, Sendable {
    let count: Int64
    let unit: String
  }

  var name: String
  var sla: Int64
  /// Empty, with no persons either: the whole customer.
  var units: [Int64]
  var persons: [Int64]
  /// It is for tickets about CIs that it covers, and for no others.
  var onlyCoveredCis: Bool
  var quantity: Quantity?
  var exclusions: LocalText
  var priceReference: String?
  var monthlyFee: Int64?
  /// What of the catalogue it sells: a service with all its offerings, or one offering; nil: nothing of it.
  var service: Int64?
  var offering: Int64?
}
