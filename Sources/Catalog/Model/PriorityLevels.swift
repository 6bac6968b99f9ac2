/// The levels of impact and of urgency that the priority matrix has a priority for.
struct PriorityLevels: Hashable, Sendable {
  var impacts: Set<Int64> = []
  var urgencies: Set<Int64> = []
}
