/// Which contract line lets a customer order an offering.
enum CoverageRule {
  /// One that sells just the offering goes before one that sells its whole service; the first made among equals.
  static func line(of offering: OfferingRow, among sales: [SalesInForce.Found]) -> Int64? {
    (sales.first { $0.offering == offering.id } ?? sales.first { $0.service == offering.service })?.line
  }
}
