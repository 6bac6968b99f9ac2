/// What of a service is measured by itself, as a code. Any name may be agreed; these are the usual ones.
package struct ServiceMeasure: Hashable, Sendable {
  package let code: String

  /// Nil for what is no code, and for what a ticket's clocks measure.
  package init?(code: String) {
    guard Self.isCode(code), Metric(rawValue: code) == nil else { return nil }
    self.code = code
  }

  private init(stock code: String) { self.code = code }

  /// The share of the time in which a service was there.
  package static let availability = ServiceMeasure(stock: "availability")
  /// The share of the backups that succeeded.
  package static let backupSuccess = ServiceMeasure(stock: "backup_success")
  /// The share of the systems that had the patches that were due.
  package static let patchCurrency = ServiceMeasure(stock: "patch_currency")
  /// The share of the requests that were fulfilled without a fault.
  package static let requestAccuracy = ServiceMeasure(stock: "request_accuracy")
  package static let stock = [availability, backupSuccess, patchCurrency, requestAccuracy]

  private static func isCode(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard (2...40).contains(bytes.count), let first = bytes.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) else { return false }
    return bytes.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
    }
  }
}

/// What a target is about: one of a ticket's clocks, or something that is measured over a period.
package enum TargetMetric: Hashable, Sendable {
  case clock(Metric)
  case measured(ServiceMeasure)

  package init?(code: String) {
    if let metric = Metric(rawValue: code) {
      self = .clock(metric)
    } else if let measure = ServiceMeasure(code: code) {
      self = .measured(measure)
    } else {
      return nil
    }
  }

  package var code: String {
    switch self {
    case .clock(let metric): metric.rawValue
    case .measured(let measure): measure.code
    }
  }
}
