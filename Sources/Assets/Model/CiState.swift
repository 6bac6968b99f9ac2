/// Where a configuration item is in its life.
enum CiState: String, Sendable, CaseIterable {
  /// May go to ordered, in stock, in use, retired.
  case planned
  /// May go to in stock, in use, retired.
  case ordered
  /// May go to in use, under maintenance, retired.
  case inStock = "in_stock"
  /// May go to in stock, under maintenance, retired.
  case inUse = "in_use"
  /// May go to in use, in stock, retired.
  case underMaintenance = "under_maintenance"
  /// May go to in stock (it is wanted again), disposed.
  case retired
  /// The end.
  case disposed

  var next: Set<CiState> {
    switch self {
    case .planned: [.ordered, .inStock, .inUse, .retired]
    case .ordered: [.inStock, .inUse, .retired]
    case .inStock: [.inUse, .underMaintenance, .retired]
    case .inUse: [.inStock, .underMaintenance, .retired]
    case .underMaintenance: [.inUse, .inStock, .retired]
    case .retired: [.inStock, .disposed]
    case .disposed: []
    }
  }

  func mayGo(to state: CiState) -> Bool { next.contains(state) }

  /// Whether it still counts: what is retired has no faults to be told of.
  var isLive: Bool { self != .retired && self != .disposed }

  static let live = allCases.filter(\.isLive).map(\.rawValue)
}
