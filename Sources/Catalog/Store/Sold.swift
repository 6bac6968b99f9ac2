/// What lines in force sell of the catalogue: services with all their offerings, and single offerings.
struct Sold: Sendable {
  let services: [Int64]
  let offerings: [Int64]

  init(_ sales: [SalesInForce.Found]) {
    services = sales.compactMap(\.service)
    offerings = sales.compactMap(\.offering)
  }

  func covers(_ offering: OfferingRow) -> Bool { offerings.contains(offering.id) || services.contains(offering.service) }
}
