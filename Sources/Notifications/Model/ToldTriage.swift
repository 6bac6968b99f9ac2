import Events
import Kernel
import Operations
import Tenancy

/// A source of whose events some wait for somebody to say whose they are.
struct ToldTriage: Sendable {
  let publicId: [UInt8]
  let name: String
  /// How many waited when it was told, and how many of them tell that something goes on.
  private(set) var events: Int64 = 0
  private(set) var firing: Int64 = 0

  init(publicId: [UInt8], name: String) {
    self.publicId = publicId
    self.name = name
  }

  func told(_ found: FoundEvent) -> ToldTriage {
    var told = self
    told.events = found.payload["events"]?.integer ?? 0
    told.firing = found.payload["firing"]?.integer ?? 0
    return told
  }

  /// The fields of a text.
  var values: [String: String] {
    ["source": name, "events": String(events), "firing": String(firing), "days": String(ForgetDeliveries.lifetimeSeconds / 86_400)]
  }

  func members(of provider: TenantEntry) -> [Value.Member] {
    [
      Value.Member("source", .id(provider.id(IdKind.eventSource.prefix, publicId))), Value.Member("events", .integer(events)),
      Value.Member("firing", .integer(firing)),
    ]
  }
}
