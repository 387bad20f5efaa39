"""Why it happened: why-trees and contributing factors."""
