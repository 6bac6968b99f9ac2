import Kernel

/// An incident of the log on its way into the tables.
struct ImportedTicket: Sendable {
  /// Its place in ``IncidentLog/incidents``.
  let index: Int
  let id: Int64
  let publicId: [UInt8]
  let clockId: Int64
  /// 1 for the first new ticket; human numbers follow it.
  let position: Int64
  let requester: Int64?
  let unit: Int64?
}
